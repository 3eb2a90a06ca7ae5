import { type MouseEvent, type ReactNode, useId } from 'react';

interface ProfileSectionProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

export function ProfileSection({ title, lead, children }: ProfileSectionProps) {
  const id = useId();
  return (
    <section className="profile-section" aria-labelledby={id}>
      <header>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {lead && <p className="fine-print">{lead}</p>}
      </header>
      <div className="profile-rows">{children}</div>
    </section>
  );
}

interface ProfileRowProps {
  label: string;
  children: ReactNode;
  action?: ReactNode;
}

export function ProfileRow({ label, children, action }: ProfileRowProps) {
  return (
    <div className="profile-row">
      <span className="profile-label">{label}</span>
      <div className="profile-value">{children}</div>
      {action && <div className="profile-action">{action}</div>}
    </div>
  );
}

interface RowButtonProps {
  text: string;
  /** Tells a screen reader which of the many 修改 this one is. */
  label: string;
  busy?: boolean;
  onClick(event: MouseEvent<HTMLElement>): void;
}

export function RowButton({ text, label, busy, onClick }: RowButtonProps) {
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={label}
      disabled={busy}
      onClick={onClick}
    >
      {text}
    </button>
  );
}
