import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import type { AnswerModel, ModelPurpose, ModelUsage } from './providers/answer-model.ts';

/** What the house asks a model for by itself, beside answers. */
export type HousePurpose = Exclude<ModelPurpose, 'answer'>;

/** What it cost; learners are not charged for it, but the operator wants to see it. */
export type OnHouseUsage = (purpose: HousePurpose, usage: ModelUsage) => void;

export interface BriefRequest {
  purpose: HousePurpose;
  rules: string;
  material: string;
  maxOutputTokens: number;
  cohort?: string | undefined;
  signal: AbortSignal;
}

export interface BriefReply {
  text: string;
  truncated: boolean;
}

/** One small call without thinking. Rejects as the model does. */
export async function askBriefly(
  { model, onUsage }: { model: AnswerModel; onUsage: OnHouseUsage },
  { purpose, rules, material, maxOutputTokens, cohort, signal }: BriefRequest,
): Promise<BriefReply> {
  const messages = [new SystemMessage(rules), new HumanMessage(material)];
  const reply = { text: '', truncated: false };
  const request = { purpose, messages, question: material, passages: [], thinking: false };
  for await (const part of model.answer({ ...request, maxOutputTokens, cohort, signal })) {
    if (part.type === 'text') reply.text += part.text;
    else if (part.type === 'usage') onUsage(purpose, part.usage);
    else if (part.type === 'end') reply.truncated = part.truncated;
  }
  return reply;
}
