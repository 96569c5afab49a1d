/* npm makes a package's command executable when it installs it; in a checkout `npx tenbin` runs what tsc wrote. */
import { chmodSync } from 'node:fs';

chmodSync('dist/cli/main.js', 0o755);
