import { type PageContents } from './components/page.js';
/**
 * The page as one file that needs no other and no network; what is not of kshot stands in it as text, and a policy
 * inside it lets no other script run. The same contents give the same bytes.
 */
export declare function renderPage({ contents, ...rest }: Omit<PageContents, 'configuration'>): string;
