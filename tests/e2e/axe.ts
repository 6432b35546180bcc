import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it stands, one line a rule with the first elements. */
export async function axe(page: Page): Promise<string[]> {
  // Half-way colours of a transition have contrasts of their own. One that is cancelled has ended, too.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.evaluate(SOURCE);
  return page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run();
    return violations.map(
      (rule: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }) =>
        `${rule.id} (${rule.impact}): ${rule.nodes
          .slice(0, 3)
          .map((node) => `${node.target.join(' ')} ${node.failureSummary}`)
          .join(' | ')}`,
    );
  });
}
