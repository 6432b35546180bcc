import { useEffect, useState } from 'preact/hooks';
import type { HistoryEntry } from '../../src/history';
import { AccessOffer } from '../../src/ui/panels';
import { ALL_SITES, askForHosts, hostPatterns, patternsOf } from './access';
import type { Popup } from './model';

/** Only pixels were had, for want of access: asks for it, and checks again with the file. */
export function OfferAccess({ popup, entry }: { popup: Popup; entry: HistoryEntry }) {
  const [allowed, setAllowed] = useState<boolean | null>(null);
  const [refused, setRefused] = useState(false);
  const host = deniedHost(entry);
  const known = host === null ? null : patternsOf(host);
  useEffect(() => {
    if (!known) return;
    void chrome.permissions.contains({ origins: [...known.origins] }).then(setAllowed);
  }, [host]);

  if (!known || allowed === null) return null;
  const recheck = () => void popup.recheck(entry.id);
  return (
    <AccessOffer
      host={known.host}
      allowed={allowed}
      refused={refused}
      onRecheck={recheck}
      onAllow={(scope) => {
        void askForHosts(scope === 'all' ? ALL_SITES : known.origins).then((granted) => {
          setAllowed(granted);
          setRefused(!granted);
          if (granted) recheck();
        });
      }}
    />
  );
}

/** The host whose file would have been read with more access, or null where access was not the hindrance. */
function deniedHost({ acquireAttempts, report }: HistoryEntry): string | null {
  const denied = acquireAttempts.find((attempt) => attempt.failure === 'permission-denied');
  return denied ? (denied.host ?? hostPatterns(report.source.url)?.host ?? null) : null;
}
