import { t } from '../../src/ui/text';
import type { ProviderView } from './state';

/** What a provider still needs before it can be asked. */
export function stateWord(state: ProviderView['readiness']): string {
  switch (state) {
    case 'not-configured':
      return t('options.providers.state.none');
    case 'ready':
      return t('options.providers.state.ready');
    case 'locked':
      return t('options.providers.state.locked');
    case 'ask-each-time':
      return t('options.providers.state.ask_each_time');
    case 'no-consent':
      return t('options.providers.state.no_consent');
    case 'no-permission':
      return t('options.providers.state.no_permission');
  }
}
