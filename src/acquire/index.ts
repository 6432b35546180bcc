export { askAccess, forgetRefusals, hasAccess, hostPattern } from './access';
export { acquire } from './acquire';
export { answerPickers } from './in-page';
export { locate } from './locate';
export { installMenus, requestAccess } from './menu';
