import { type CSSProperties, type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface PopoverProps {
  label: string;
  className: string;
  trigger: ReactNode;
  children: ReactNode | ((close: () => void) => ReactNode);
}

const WIDTH = 272;
const EDGE = 12;

/** Below the trigger where there is room, else above it; never over the edge of the window or dialog. */
function placeAt(trigger: HTMLElement): CSSProperties {
  const box = trigger.getBoundingClientRect();
  const frame = trigger.closest('dialog')?.getBoundingClientRect();
  const from = Math.max(frame?.left ?? 0, 0) + EDGE;
  const to = Math.min(frame?.right ?? window.innerWidth, window.innerWidth) - EDGE;
  const width = Math.min(WIDTH, to - from);
  const middle = box.left + box.width / 2 - width / 2;
  const left = Math.max(from, Math.min(middle, to - width));
  return box.bottom > window.innerHeight * 0.62
    ? { left, width, bottom: window.innerHeight - box.top + 8 }
    : { left, width, top: box.bottom + 8 };
}

/** A button with a small panel. Built of spans, so that it may stand inside a paragraph. */
export function Popover({ label, className, trigger, children }: PopoverProps) {
  const [place, setPlace] = useState<CSSProperties | null>(null);
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  const close = () => {
    setPlace(null);
    // What was pressed is gone with the panel; the focus must not be lost with it.
    button.current?.focus();
  };
  const open = place !== null;
  useEffect(() => {
    if (!open) return;
    const dismiss = () => setPlace(null);
    const onPress = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) dismiss();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      // Else a dialog around it would close, too.
      event.preventDefault();
      dismiss();
      button.current?.focus();
    };
    const onScroll = (event: Event) => {
      // The panel does not move along; what is scrolled elsewhere does not matter.
      if ((event.target as Node).contains(root.current)) dismiss();
    };
    document.addEventListener('pointerdown', onPress);
    document.addEventListener('keydown', onKey, true);
    window.addEventListener('scroll', onScroll, true);
    window.addEventListener('resize', dismiss);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      document.removeEventListener('keydown', onKey, true);
      window.removeEventListener('scroll', onScroll, true);
      window.removeEventListener('resize', dismiss);
    };
  }, [open]);
  return (
    <span className="popover" ref={root}>
      <button
        type="button"
        ref={button}
        className={className}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? panelId : undefined}
        onClick={(event) => setPlace(open ? null : placeAt(event.currentTarget))}
      >
        {trigger}
      </button>
      {open && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand inside a paragraph.
        <span className="popover-panel" id={panelId} role="group" aria-label={label} style={place}>
          {typeof children === 'function' ? children(close) : children}
        </span>
      )}
    </span>
  );
}
