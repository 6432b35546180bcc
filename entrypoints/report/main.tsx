import { render } from 'preact';
import { t } from '../../src/ui/text';
import { App } from './App';
import 'uplot/dist/uPlot.min.css';
import '../../src/ui/base.css';
import '../../src/ui/components.css';
import '../../src/ui/evidence.css';
import '../../src/ui/layers.css';
import '../../src/ui/services.css';
import '../../src/ui/report/report.css';
import '../../src/ui/report/viewer.css';

document.title = t('report.pageTitle');

const root = document.getElementById('app');
if (root) render(<App address={new URL(location.href)} />, root);
