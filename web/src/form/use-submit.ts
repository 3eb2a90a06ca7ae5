import { type FormEvent, useEffect, useRef, useState } from 'react';

export interface Submitting {
  busy: boolean;
  error: unknown;
  setError(error: unknown): void;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
}

/** Sends a form once at a time; the first field that was refused gets the focus. */
export function useSubmit(work: (data: FormData) => Promise<void>): Submitting {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error === null) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  async function send(data: FormData): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await work(data);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return {
    ...{ busy, error, setError },
    onSubmit(event) {
      event.preventDefault();
      form.current = event.currentTarget;
      if (!busy) void send(new FormData(event.currentTarget));
    },
  };
}

export function textIn(data: FormData, name: string): string {
  return String(data.get(name) ?? '').trim();
}

/** A password is taken as it was typed. */
export function passwordIn(data: FormData, name = 'password'): string {
  return String(data.get(name) ?? '');
}
