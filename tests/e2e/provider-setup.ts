import type { Page } from 'playwright/test';
import { type FauxLensServer, SAMPLE_KEY } from '../providers/fauxlens-server';
import { expect } from './harness';

/** Sets FauxLens up on the open options page, as a person does. */
export async function setUpFauxLens(
  options: Page,
  server: FauxLensServer,
  key: string = SAMPLE_KEY,
): Promise<void> {
  await options.getByRole('button', { name: 'Set up FauxLens' }).click();
  await options.getByLabel('API key').fill(key);
  await options.getByLabel('Server').fill(server.origin);
  await options.getByRole('button', { name: 'Save' }).click();
  await expect(options.getByText('Waits for your agreement')).toBeVisible();
}

/** Says yes to sending. */
export async function agree(options: Page): Promise<void> {
  await options.getByRole('button', { name: 'Agree to this' }).click();
  await expect(options.getByText('Ready', { exact: true })).toBeVisible();
}
