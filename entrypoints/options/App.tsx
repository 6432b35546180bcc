import type { ComponentChildren } from 'preact';
import { Mark } from '../../src/ui/icons';
import { t } from '../../src/ui/text';
import { About } from './About';
import { Access } from './Access';
import { Cameras } from './Cameras';
import { Engine } from './Engine';
import { Order } from './Order';
import { Privacy } from './Privacy';
import { ProviderCard } from './ProviderCard';
import { Quota } from './Quota';
import { providers } from './state';
import { Trust } from './Trust';
import { Vault } from './Vault';

const SECTIONS = [
  { id: 'providers', title: () => t('options.providers.title') },
  { id: 'keys', title: () => t('options.vault.title') },
  { id: 'access', title: () => t('options.access.title') },
  { id: 'quota', title: () => t('options.quota.title') },
  { id: 'engine', title: () => t('options.engine.title') },
  { id: 'cameras', title: () => t('cameras.title') },
  { id: 'trust', title: () => t('provenance.trust.title') },
  { id: 'privacy', title: () => t('options.privacy.title') },
  { id: 'about', title: () => t('options.about.title') },
] as const;

export function App() {
  return (
    <div class="options">
      <header class="topbar">
        <div class="brand">
          <Mark />
          <h1>{t('options.title')}</h1>
        </div>
      </header>
      <nav aria-label={t('options.sections')}>
        <ul>
          {SECTIONS.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`}>{title()}</a>
            </li>
          ))}
        </ul>
      </nav>
      <main class="stack">
        <Section id="providers" title={t('options.providers.title')} intro={t('options.providers.intro')}>
          {providers.value === null ? (
            <p class="soft">{t('options.load')}</p>
          ) : (
            <>
              <Order />
              {providers.value.map((view) => (
                <ProviderCard key={view.definition.id} view={view} />
              ))}
            </>
          )}
        </Section>
        <Section id="keys" title={t('options.vault.title')} intro={t('options.vault.intro')}>
          <Vault />
        </Section>
        <Section id="access" title={t('options.access.title')} intro={t('options.access.intro')}>
          <Access />
        </Section>
        <Section id="quota" title={t('options.quota.title')}>
          <Quota />
        </Section>
        <Section id="engine" title={t('options.engine.title')} intro={t('options.engine.intro')}>
          <Engine />
        </Section>
        <Section id="cameras" title={t('cameras.title')} intro={t('cameras.intro')}>
          <Cameras />
        </Section>
        <Section id="trust" title={t('provenance.trust.title')} intro={t('provenance.trust.intro')}>
          <Trust />
        </Section>
        <Section id="privacy" title={t('options.privacy.title')} intro={t('options.privacy.intro')}>
          <Privacy />
        </Section>
        <Section id="about" title={t('options.about.title')}>
          <About />
        </Section>
      </main>
    </div>
  );
}

function Section({
  id,
  title,
  intro,
  children,
}: {
  id: string;
  title: string;
  intro?: string;
  children: ComponentChildren;
}) {
  return (
    // The links of the navigation move the focus here, so that Tab goes on inside the section.
    <section id={id} class="stack" aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>{title}</h2>
      {intro && <p class="measure">{intro}</p>}
      {children}
    </section>
  );
}
