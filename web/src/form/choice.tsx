import { useId } from 'react';

interface ChoiceProps {
  label: string;
  value: string;
  /** Value → what it is called. */
  options: Readonly<Record<string, string>>;
  onChoose(value: string): void;
  disabled?: boolean;
  hint?: string | undefined;
}

export function Choice({ label, value, options, onChoose, disabled, hint }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint ? `${id}-note` : undefined}
        onChange={(event) => onChoose(event.target.value)}
      >
        {Object.entries(options).map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-note`} className="fine-print">
          {hint}
        </p>
      )}
    </div>
  );
}
