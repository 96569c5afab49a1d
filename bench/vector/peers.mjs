/*
 * Who is measured, and what a trial is asked; see ../common/peers.mjs.
 *
 * task      result
 * version   a string
 * search    { index: milliseconds of making the index, or null where there is none to make,
 *             batches: [{ queries, ms: [of a search, ...] }, ...] }; writes what the largest batch found to `lists`:
 *           documents.u32 and scores.f32, k a query, best first
 *
 * job       { documents, queries: paths of float32 .npy files, rows of length 1; batches: [{ queries, repetitions }]: the
 *           first so many queries, or for a batch of one a query after the other; lists, k, threads }
 */
import { node, python } from '../common/peers.mjs';

export const K = 100;

/**
 * Those far from the front are measured once: `once` on all works, `small` only on SMALL_WORK.
 */
export const PEERS = [
  { name: 'tenbin', command: node('tenbin-vectors.mjs'), options: { index: { backend: 'simd' } } },
  { name: 'tenbin, faiss', command: node('tenbin-vectors.mjs'), options: { index: { backend: 'faiss' } } },
  { name: 'faiss-cpu', command: python('faiss_flat.py') },
  { name: 'onnxruntime', command: python('onnxruntime_matmul.py') },
  { name: 'numpy', command: python('numpy_matmul.py') },
  { name: 'usearch', command: python('usearch_exact.py'), once: true },
  { name: 'hnswlib', command: python('hnswlib_brute.py'), once: true },
  { name: 'faiss-node', command: node('faiss-node.mjs'), once: true },
  { name: 'tenbin, tfjs', command: node('tenbin-vectors.mjs'), options: { index: { backend: 'tfjs' } }, small: true },
  { name: 'JavaScript', command: node('plain-vectors.mjs'), small: true },
];
