// The one store of the page.

import { ReviewStore } from './reviewStore';

export const store = new ReviewStore();
