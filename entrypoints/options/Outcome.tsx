import { useState } from 'preact/hooks';

export interface Said {
  readonly tone: 'good' | 'bad' | 'busy';
  readonly text: string;
}

/**
 * What came of an action, said beside it. The live region is there before its words come, because
 * screen readers announce changes and not arrivals.
 */
export function Outcome({ said }: { said: Said | null }) {
  return (
    <p class={said === null ? 'outcome' : `outcome note ${said.tone}`} role="status">
      {said?.text}
    </p>
  );
}

/** An action's outcome: nothing, under way, or said. */
export function useOutcome() {
  const [said, say] = useState<Said | null>(null);
  return {
    said,
    busy: said?.tone === 'busy',
    good: (text: string) => say({ tone: 'good', text }),
    bad: (text: string) => say({ tone: 'bad', text }),
    start: (text: string) => say({ tone: 'busy', text }),
    clear: () => say(null),
  };
}
