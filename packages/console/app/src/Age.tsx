import { useEffect, useState } from 'preact/hooks';

/** How long ago something was, going on. */
export function Age({ of }: { readonly of: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time dateTime={of}>{inWords(Math.max(0, Math.round((now - Date.parse(of)) / 1000)))}</time>;
}

export function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
