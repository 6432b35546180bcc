import * as v from 'valibot';

/** What the report of c2pa-rs says, as far as it is needed. Every text in it came from the file. */
export interface ManifestStore {
  readonly activeLabel: string;
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** `Trusted`, `Valid` (signer unknown) or `Invalid`. */
  readonly validation: string;
  /** Failures of the active manifest: `assertion.dataHash.mismatch`. */
  readonly failures: readonly string[];
  /** Manifests whose signer stands on a trust list and that have no failure of their own. */
  readonly trusted: ReadonlySet<string>;
  /** The list that holds the active manifest's signer; null where none does. */
  readonly list: string | null;
}

export interface Manifest {
  readonly label: string;
  /** The program that wrote it. */
  readonly generator: string | null;
  readonly title: string | null;
  /** Organisation of the signer's certificate. */
  readonly issuer: string | null;
  readonly signer: string | null;
  /** Time of signing by a time stamp, ISO 8601; null where there is none. */
  readonly time: string | null;
  readonly actions: readonly Action[];
  readonly ingredients: readonly Ingredient[];
  /** `com.adobe.generative-ai` */
  readonly assertions: readonly string[];
}

export interface Action {
  /** `c2pa.created` */
  readonly action: string;
  readonly agent: string | null;
  /** Last part of the IPTC address: `trainedAlgorithmicMedia`. */
  readonly sourceType: string | null;
}

interface Ingredient {
  readonly title: string | null;
  /** `parentOf`, `componentOf`, `inputTo` */
  readonly relationship: string;
  /** Label of its own manifest; null where it has none. */
  readonly manifest: string | null;
}

const optionalText = v.nullish(v.string());
const status = v.looseObject({ code: v.string(), url: optionalText, explanation: optionalText });
const statuses = v.nullish(
  v.looseObject({ success: v.nullish(v.array(status)), failure: v.nullish(v.array(status)) }),
);
type Status = v.InferOutput<typeof status>;

const schema = v.looseObject({
  active_manifest: v.string(),
  manifests: v.record(
    v.string(),
    v.looseObject({
      claim_generator: optionalText,
      claim_generator_info: v.nullish(v.array(v.looseObject({ name: optionalText }))),
      title: optionalText,
      signature_info: v.nullish(
        v.looseObject({ issuer: optionalText, common_name: optionalText, time: optionalText }),
      ),
      assertions: v.nullish(v.array(v.looseObject({ label: v.string(), data: v.optional(v.unknown()) }))),
      ingredients: v.nullish(
        v.array(
          v.looseObject({ title: optionalText, relationship: optionalText, active_manifest: optionalText }),
        ),
      ),
    }),
  ),
  validation_state: v.string(),
  validation_results: v.nullish(
    v.looseObject({
      activeManifest: statuses,
      ingredientDeltas: v.nullish(v.array(v.looseObject({ validationDeltas: statuses }))),
    }),
  ),
});
type Report = v.InferOutput<typeof schema>;

const actionsSchema = v.looseObject({
  actions: v.array(
    v.looseObject({
      action: v.string(),
      softwareAgent: v.optional(v.unknown()),
      digitalSourceType: optionalText,
    }),
  ),
});

/** Reads the report of c2pa-rs, or null where it is not one. */
export function parseStore(json: string): ManifestStore | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), json);
  if (!parsed.success) return null;
  const report = parsed.output;
  if (!Object.hasOwn(report.manifests, report.active_manifest)) return null;
  const manifests = new Map(
    Object.entries(report.manifests).map(([label, manifest]) => [label, readManifest(label, manifest)]),
  );
  const active = report.validation_results?.activeManifest;
  const trust = trustOf(report);
  return {
    activeLabel: report.active_manifest,
    manifests,
    validation: report.validation_state,
    failures: [...new Set((active?.failure ?? []).map(({ code }) => code))],
    ...trust,
  };
}

function readManifest(label: string, given: Report['manifests'][string]): Manifest {
  const assertions = given.assertions ?? [];
  return {
    label,
    generator: text(given.claim_generator_info?.[0]?.name) ?? text(given.claim_generator),
    title: text(given.title),
    issuer: text(given.signature_info?.issuer),
    signer: text(given.signature_info?.common_name),
    time: text(given.signature_info?.time),
    actions: assertions
      .filter((assertion) => /^c2pa\.actions(\.v\d+)?(__\d+)?$/.test(assertion.label))
      .flatMap(({ data }) => readActions(data)),
    ingredients: (given.ingredients ?? []).map((ingredient) => ({
      title: text(ingredient.title),
      relationship: ingredient.relationship ?? 'componentOf',
      manifest: text(ingredient.active_manifest),
    })),
    assertions: assertions.map((assertion) => assertion.label),
  };
}

function readActions(data: unknown): Action[] {
  const parsed = v.safeParse(actionsSchema, data);
  if (!parsed.success) return [];
  return parsed.output.actions.map(({ action, softwareAgent, digitalSourceType }) => ({
    action,
    // Version 1 of the assertion writes a text, version 2 an object with a name.
    agent: text(softwareAgent) ?? (isRecord(softwareAgent) ? text(softwareAgent.name) : null),
    sourceType: text(digitalSourceType)?.split('/').at(-1) ?? null,
  }));
}

/** Which manifests are vouched for by a list, from the statuses of the active one and of its ingredients. */
function trustOf(report: Report): Pick<ManifestStore, 'trusted' | 'list'> {
  const results = report.validation_results;
  const all = [results?.activeManifest, ...(results?.ingredientDeltas ?? []).map((d) => d.validationDeltas)];
  const labelled = (status: Status): string =>
    /\/c2pa\/([^/]+)/.exec(status.url ?? '')?.[1] ?? report.active_manifest;
  const believed = all.flatMap((part) => part?.success ?? []).filter((one) => one.code === TRUSTED);
  const failed = new Set(all.flatMap((part) => part?.failure ?? []).map(labelled));
  const trusted = new Set(believed.map(labelled).filter((label) => !failed.has(label)));
  // A manifest that is not trusted as a whole vouches for nothing, whatever single statuses say.
  if (report.validation_state !== 'Trusted') trusted.delete(report.active_manifest);
  const own = believed.find((one) => labelled(one) === report.active_manifest);
  const [, list] = /found in \[([^\]]*)\]/.exec(own?.explanation ?? '') ?? [];
  // Single signers are reported without a list's name; only the interim list has any.
  return { trusted, list: trusted.has(report.active_manifest) ? list || 'interim' : null };
}

const TRUSTED = 'signingCredential.trusted';

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
