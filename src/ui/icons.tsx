import type { JSX } from 'preact';
import type { LayerStatus, Verdict } from '../forensics/report';

/**
 * Icons on a 16-unit grid, drawn for this project. They repeat what a word beside them says, so
 * they are hidden from assistive technology.
 */
function Icon({ children, size = 16 }: { children: JSX.Element | JSX.Element[]; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

/** Each status has its own silhouette: solid diamond, half triangle, open circle, dashed circle. */
export function StatusIcon({ status }: { status: LayerStatus }) {
  switch (status) {
    case 'flagged':
      return (
        <Icon>
          <path d="M8 1.5 14.5 8 8 14.5 1.5 8Z" fill="currentColor" />
        </Icon>
      );
    case 'warning':
      return (
        <Icon>
          <path d="M8 2.2 14.4 13.4H1.6Z" />
          <path d="M8 6.6v3" />
          <path d="M8 11.4v.01" />
        </Icon>
      );
    case 'clear':
      return (
        <Icon>
          <circle cx="8" cy="8" r="5.8" />
          <path d="M5.2 8h5.6" />
        </Icon>
      );
    case 'unavailable':
      return (
        <Icon>
          <circle cx="8" cy="8" r="5.8" stroke-dasharray="2.2 2.4" />
        </Icon>
      );
  }
}

/** Verdicts differ in shape: from filled diamond (AI) over a split ring to a sealed ring (proof). */
export function VerdictIcon({ verdict, size = 20 }: { verdict: Verdict; size?: number }) {
  switch (verdict) {
    case 'ai-generated':
      return (
        <Icon size={size}>
          <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" fill="currentColor" />
        </Icon>
      );
    case 'likely-ai-generated':
      return (
        <Icon size={size}>
          <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" />
          <path d="M8 1.2 14.8 8 8 14.8Z" fill="currentColor" />
        </Icon>
      );
    case 'inconclusive':
      return (
        <Icon size={size}>
          <circle cx="8" cy="8" r="6.2" stroke-dasharray="3 2.6" />
          <path d="M8 8v.01" stroke-width="2.4" />
        </Icon>
      );
    case 'likely-authentic':
      return (
        <Icon size={size}>
          <circle cx="8" cy="8" r="6.2" />
          <path d="M4.8 8h6.4" />
        </Icon>
      );
    case 'authentic':
      return (
        <Icon size={size}>
          <circle cx="8" cy="8" r="6.6" />
          <path d="m5 8.2 2.1 2.1L11 6.2" />
        </Icon>
      );
  }
}

/** A loupe over grains: the mark of Truegrain. The same drawing as public/icon. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="13.5" cy="13.5" r="10.6" fill="none" stroke="currentColor" stroke-width="2.6" />
      <path d="m21.4 21.4 7.4 7.4" stroke="currentColor" stroke-width="4" stroke-linecap="round" />
      <g fill="currentColor">
        <circle cx="9.2" cy="11" r="1.9" />
        <circle cx="14.6" cy="8.6" r="1.3" />
        <circle cx="18.2" cy="12.6" r="1.9" />
        <circle cx="13.2" cy="14.2" r="1.3" />
        <circle cx="9.6" cy="17.4" r="1.3" />
        <circle cx="15.6" cy="18.4" r="1.9" />
      </g>
    </svg>
  );
}

const PATHS = {
  chevron: 'm5.5 3.5 4.5 4.5-4.5 4.5',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14',
  trash: 'M3 4.5h10M6.2 4.5V2.8h3.6v1.7M4.4 4.5l.6 8.7h6l.6-8.7',
  close: 'm4 4 8 8M12 4l-8 8',
  gear: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 1.8v1.6M8 12.6v1.6M1.8 8h1.6M12.6 8h1.6M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2',
  files: 'M5.5 2.5h5l3 3v6h-8ZM10.2 2.6v3.1h3.2M5.4 4.5h-3v9h8.2v-1.9',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.5',
  upload: 'M8 10.5v-8M4.8 5.4 8 2.2l3.2 3.2M2.5 10.5v3h11v-3',
  stop: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.5 5.5l5 5',
  unlinked: 'M2 4.5h12v8H2ZM2 10l3.4-3 2.4 2.2M9.8 8.2 14 11M1.5 1.5l13 13',
  folder: 'M1.8 12.8v-9h4.4l1.5 1.8h6.5v7.2Z',
  arrow: 'M2.5 8h10M9 4.4 12.6 8 9 11.6',
  up: 'M8 13V3.4M4.2 7 8 3.2 11.8 7',
  down: 'M8 3v9.6M4.2 9 8 12.8 11.8 9',
  grip: 'M6 4v.01M10 4v.01M6 8v.01M10 8v.01M6 12v.01M10 12v.01',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  report: 'M3.5 1.8h6l3 3v9.4h-9ZM9.3 2v3h3M5.5 8h5M5.5 10.8h3.6',
  video: 'M1.8 3.8h8.6v8.4H1.8ZM10.4 7l3.8-2.2v6.4L10.4 9',
  sound: 'M2 6.2h2.6L8 3.4v9.2L4.6 9.8H2ZM10.4 5.8a3 3 0 0 1 0 4.4M12.3 4a5.6 5.6 0 0 1 0 8',
  lock: 'M3.5 7.2h9v6.3h-9ZM5.4 7V4.9a2.6 2.6 0 0 1 5.2 0V7',
} as const;

export type Glyph = keyof typeof PATHS;

export function Glyph({ name, size = 16 }: { name: Glyph; size?: number }) {
  return (
    <Icon size={size}>
      <path d={PATHS[name]} />
    </Icon>
  );
}
