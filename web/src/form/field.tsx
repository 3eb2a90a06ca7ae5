import { type ReactNode, useId, useState } from 'react';
import { strings } from '../strings.ts';
import { faultOf } from './field-fault.ts';

interface FieldProps {
  name: string;
  label: string;
  autoComplete: string;
  error: unknown;
  hint?: string | undefined;
  defaultValue?: string | undefined;
  required?: boolean;
  maxLength?: number;
  /** Gets the focus when a dialog opens with it. */
  first?: boolean;
  inputMode?: 'numeric' | 'decimal' | 'text';
  placeholder?: string;
  onInput?: () => void;
  onTyped?: (text: string) => void;
}

interface TypedFieldProps extends FieldProps {
  type: 'email' | 'password' | 'text' | 'date' | 'datetime-local';
  children?: ReactNode;
}

export function Field(props: TypedFieldProps) {
  const { name, label, hint, error, children } = props;
  const id = useId();
  const fault = faultOf(error, name);
  const note = fault ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        <input
          id={id}
          name={name}
          type={props.type}
          autoComplete={props.autoComplete}
          defaultValue={props.defaultValue}
          maxLength={props.maxLength}
          inputMode={props.inputMode}
          placeholder={props.placeholder}
          aria-invalid={fault !== null}
          aria-describedby={note ? `${id}-note` : undefined}
          required={props.required ?? true}
          data-first={props.first || undefined}
          onInput={(event) => {
            props.onInput?.();
            props.onTyped?.(event.currentTarget.value);
          }}
        />
        {children}
      </span>
      {note && (
        <p id={`${id}-note`} className={fault ? 'field-fault' : 'fine-print'}>
          {note}
        </p>
      )}
    </div>
  );
}

/** With a button that shows what was typed. */
export function PasswordField(props: FieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field {...props} type={shown ? 'text' : 'password'}>
      <button type="button" className="field-button" onClick={() => setShown(!shown)}>
        {shown ? strings.account.hide : strings.account.show}
      </button>
    </Field>
  );
}
