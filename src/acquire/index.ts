export { acquire } from './acquire';
export { answerPickers } from './in-page';
export { locate } from './locate';
export { requestAccess, watchMenus } from './menu';
