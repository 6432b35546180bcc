import { render } from 'preact';
import { t } from '../../src/ui/text';
import { App } from './App';
import { follow, load } from './state';
import '../../src/ui/base.css';
import '../../src/ui/components.css';
import '../../src/ui/services.css';
import './options.css';

document.title = t('options.pageTitle');

const root = document.getElementById('app');
if (root) render(<App />, root);
follow();
void load();
