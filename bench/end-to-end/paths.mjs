import { join } from 'node:path';

/** The dataset's folder has the group's name, so that each task gets the analyzer that the real one gets. */
export const GROUP = 'NanoMMTEB-v2';

/** Where the dataset lies in the folder that is made. */
export const datasetPath = (folder) => join(folder, GROUP);
/** `precomputed:` reads a folder of each task's name here. */
export const embeddingsPath = (folder) => join(folder, 'embeddings');
