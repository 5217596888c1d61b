import { fileURLToPath } from 'node:url';

/** The clone that is measured; ends with a slash. */
export const repositoryRoot = fileURLToPath(new URL('../', import.meta.url));

/** What `npm start` runs, too. */
export const launcher = `${repositoryRoot}bin/dyndns.js`;
