export interface Stage {
  image: string;
  name: string | undefined;
  steps: { keyword: string; value?: string }[];
  /** By keyword, what is said to the engine in exec form. */
  told: Record<string, string[] | undefined>;
}

export function readStages(text: string, buildArguments?: Record<string, string>): Stage[];
