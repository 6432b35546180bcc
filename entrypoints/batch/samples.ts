import type { BatchFile } from '../../src/batch/files';

const FOLDER = '/demo/samples/';

/** The packaged sample pictures, as files; named in `public/demo/samples.json`. */
export async function sampleFiles(): Promise<BatchFile[]> {
  const names: string[] = await (await fetch('/demo/samples.json')).json();
  return Promise.all(
    names.map(async (name) => {
      const blob = await (await fetch(FOLDER + name)).blob();
      return { name, file: new File([blob], name, { type: blob.type }) };
    }),
  );
}
