import { render } from 'preact';
import { workerClient } from '../../src/rpc/page-client';
import { createWatching } from '../../src/rpc/watching';
import { App } from './App';
import { createPopup } from './model';
import '../../src/ui/base.css';
import '../../src/ui/components.css';
import '../../src/ui/evidence.css';
import '../../src/ui/layers.css';
import '../../src/ui/services.css';
import './popup.css';

const popup = createPopup(workerClient(), createWatching());
const root = document.getElementById('app');
if (root) render(<App popup={popup} />, root);
void popup.begin();
