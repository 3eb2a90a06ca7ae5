import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

type Announce = (text: string) => void;

const NoticesContext = createContext<Announce>(() => undefined);

const SHOWN_MS = 4000;

/** Short messages at the foot of the window, read out politely. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<{ text: string; at: number } | null>(null);
  const announce = useCallback<Announce>((text) => setNotice({ text, at: Date.now() }), []);
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => setNotice(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <NoticesContext value={announce}>
      {children}
      <div className="notices" role="status">
        {notice && (
          <p className="notice" key={notice.at}>
            {notice.text}
          </p>
        )}
      </div>
    </NoticesContext>
  );
}

export function useAnnounce(): Announce {
  return useContext(NoticesContext);
}
