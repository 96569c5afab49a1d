// Types for CommonJS consumers; at run time `require` loads the ES modules themselves.
export * from '../index.js';
