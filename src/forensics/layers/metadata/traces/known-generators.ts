/**
 * Programs and services that make pictures, by the words they use for themselves. Each pattern must
 * be a name that no camera, editor or person carries: `Imagen` alone is Spanish for "picture".
 */
const KNOWN: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Midjourney', /\bmidjourney\b/i],
  ['DALL·E', /\bdall[\s·•\-.]?e(?:[\s-]?[23])?\b/i],
  ['ChatGPT', /\bchatgpt\b|\bgpt-?4o\b|\bgpt-image\b/i],
  ['OpenAI', /\bopenai\b/i],
  ['Bing Image Creator', /\bbing image creator\b/i],
  ['Microsoft Designer', /\bmicrosoft designer\b|\bimage creator (?:from|in) (?:microsoft )?designer\b/i],
  ['Microsoft AI', /\bmicrosoft[ _]responsible[ _]ai\b/i],
  ['Adobe Firefly', /\badobe[ _]firefly\b|\bfirefly image \d/i],
  ['Google AI', /\bgoogle (?:ai|gemini|imagen|generative)\b|\bimagen [234]\b|\bnano banana\b/i],
  ['Stable Diffusion', /\bstable[ _-]?diffusion\b|\bsdxl\b|\bdreamstudio\b/i],
  ['Stability AI', /\bstability(?:\.ai|[ _]ai|_contentcredentials)/i],
  ['FLUX', /\bflux[.\s]?[12]\b|\bblack forest labs\b/i],
  ['ComfyUI', /\bcomfyui\b/i],
  ['InvokeAI', /\binvoke ?ai\b/i],
  ['Fooocus', /\b(?:ruined)?fooocus\b/i],
  ['NovelAI', /\bnovelai\b/i],
  ['Draw Things', /\bdraw things\b/i],
  ['Ideogram', /\bideogram(?:\.ai| ai)?\b/i],
  ['Leonardo.Ai', /\bleonardo[. ]?ai\b/i],
  ['Grok', /\bgrok(?: imagine| aurora)?\b|\bxai aurora\b/i],
  ['Meta AI', /\bmeta ai\b|\bimagined with ai\b/i],
  ['Recraft', /\brecraft(?:\.ai| ai)?\b/i],
  ['Krea', /\bkrea(?:\.ai| ai)\b/i],
  ['Playground', /\bplayground ?ai\b|\bplayground v\d/i],
  ['NightCafe', /\bnightcafe\b/i],
  ['Craiyon', /\bcraiyon\b/i],
  ['Seedream', /\bseedream\b|\bjimeng\b/i],
  ['Qwen-Image', /\bqwen-?image\b/i],
  ['Runway', /\brunway(?:ml| gen)/i],
  ['Freepik AI', /\bfreepik (?:ai|mystic)\b/i],
  ['Reve', /\breve image\b/i],
  ['Amazon Titan or Nova', /\b(?:amazon )?titan image generator\b|\bnova canvas\b/i],
];

/** Name of the generator that the words name, or null. Only the first 500 characters count. */
export function knownGenerator(words: string): string | null {
  const head = words.slice(0, 500);
  return KNOWN.find(([, pattern]) => pattern.test(head))?.[0] ?? null;
}
