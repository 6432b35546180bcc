import type { Locator, Page } from 'playwright/test';
import { type FauxLensServer, SAMPLE_KEY } from '../providers/fauxlens-server';
import { expect } from './harness';

/** A provider's card on the options page. */
export function cardOf(options: Page, name: string): Locator {
  return options.getByRole('article', { name, exact: true });
}

/** Sets a provider up on the open options page, as a person does. */
export async function setUp(options: Page, name: string, origin: string, key: string): Promise<Locator> {
  const card = cardOf(options, name);
  await card.getByRole('button', { name: `Set up ${name}` }).click();
  await card.getByLabel('API key').fill(key);
  await card.getByLabel('Server').fill(origin);
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('Waits for your agreement')).toBeVisible();
  return card;
}

export async function setUpFauxLens(
  options: Page,
  server: FauxLensServer,
  key: string = SAMPLE_KEY,
): Promise<void> {
  await setUp(options, 'FauxLens', server.origin, key);
}

/** Says yes to sending. */
export async function agree(options: Page, name = 'FauxLens'): Promise<void> {
  const card = cardOf(options, name);
  await card.getByRole('button', { name: 'Agree to this' }).click();
  await expect(card.getByText('Ready', { exact: true })).toBeVisible();
}
