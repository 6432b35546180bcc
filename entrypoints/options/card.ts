import * as v from 'valibot';

const schema = v.object({
  title: v.string(),
  date: v.pipe(v.string(), v.isoDate()),
  training: v.string(),
  limits: v.array(v.string()),
});

/** What the model's card says of it in words. */
export type CardFacts = v.InferOutput<typeof schema>;

/** @throws where the packaged card is missing or not of this shape */
export async function readCard(): Promise<CardFacts> {
  const response = await fetch(chrome.runtime.getURL('models/model.json'));
  return v.parse(schema, await response.json());
}
