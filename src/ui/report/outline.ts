import type { LayerStatus, Verdict } from '../../forensics/report';

/**
 * A report in the reader's words, in the order of reading: what the page's text copy and the exported
 * file say. Plain strings only, so that both can be made and tested without a browser. Values that
 * came from files and providers are hostile still: they were tamed, not escaped.
 */
export interface Outline {
  /** BCP 47 tag of the language. */
  readonly language: string;
  readonly titles: OutlineTitles;
  readonly heading: string;
  /** Where the image was met, or the file's name; null where neither is known. */
  readonly where: string | null;
  readonly verdict: {
    readonly id: Verdict;
    readonly word: string;
    readonly sentence: string;
    /** Reasons, doubts about alterations, the suspected generator. */
    readonly notes: readonly string[];
  };
  readonly scale: { readonly summary: string; readonly doubts: readonly string[] };
  readonly sum: OutlineSum | null;
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly ran: readonly Row[];
  readonly limits: readonly string[];
  readonly foot: string;
}

export interface OutlineTitles {
  readonly picture: string;
  readonly scale: string;
  readonly sum: string;
  readonly evidence: string;
  readonly seen: string;
  readonly means: string;
  readonly otherwise: string;
  readonly facts: string;
  readonly answers: string;
  readonly ran: string;
  readonly limits: string;
  readonly overlay: string;
}

export interface OutlineSum {
  readonly intro: string;
  readonly rows: readonly { readonly name: string; readonly value: number; readonly shown: string }[];
  readonly totalName: string;
  readonly total: string;
  /** What the total amounts to, as a sentence. */
  readonly reads: string;
}

/** One layer. */
export interface Finding {
  readonly id: string;
  readonly name: string;
  readonly status: LayerStatus;
  readonly statusWord: string;
  readonly label: string;
  readonly looksAt: string | null;
  readonly weight: string | null;
  readonly seen: readonly string[];
  readonly means: readonly string[];
  readonly otherwise: readonly string[];
  readonly facts: readonly Row[];
  readonly tree: TreeWords | null;
  /** What the layer's map shows; null without a map. */
  readonly map: string | null;
  /** What the layer's own picture shows; null without one. */
  readonly picture: string | null;
}

export interface Row {
  readonly name: string;
  readonly value: string;
}

export interface TreeWords {
  readonly label: string;
  readonly value: string | null;
  readonly children: readonly TreeWords[];
}

/** What an online service said about the same image. */
export interface Answer {
  readonly name: string;
  readonly verdict: Verdict;
  readonly word: string;
  readonly lines: readonly string[];
}
