import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface SideProps {
  readonly title: string;
  /** What is closed and opened anew when it changes; the keyboard goes there. */
  readonly about: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** What stands beside the view: a column where there is room, and over it where there is none. */
export function Side({ title, about, onClose, children }: SideProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [about]);
  return (
    <aside class="side" aria-label={title}>
      <header>
        <h2 tabIndex={-1} ref={heading}>
          {title}
        </h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close">
          ×
        </button>
      </header>
      <div class="side-body">{children}</div>
    </aside>
  );
}
