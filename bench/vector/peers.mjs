/*
 * Who is measured, and what a trial is asked; see ../common/peers.mjs.
 *
 * task      result
 * version   a string
 * search    { index: milliseconds of making the index, or null where there is none to make,
 *             batches: [{ queries, ms: [of a search, ...], allocated: bytes a query or null }, ...],
 *             bytes: by how much the process grew at the most, from before the index was made, or null }; writes what the
 *           largest batch found to `lists`: documents.u32 and scores.f32, k a query, best first
 *
 * job       { documents, queries: paths of float32 .npy files, rows of length 1; batches: [{ queries, repetitions }]: the
 *           first so many queries, or for a batch of one a query after the other; lists, k, threads }
 */
import { node, python } from '../common/peers.mjs';

export const PEERS = [
  { name: 'tenbin', command: node('tenbin-vectors.mjs'), options: { index: { backend: 'simd' } } },
  {
    name: 'tenbin, faiss',
    command: node('tenbin-vectors.mjs'),
    options: { index: { backend: 'faiss' } },
    isSlow: true,
  },
  { name: 'faiss-cpu', command: python('faiss_flat.py') },
  { name: 'onnxruntime', command: python('onnxruntime_matmul.py') },
  { name: 'onnxruntime-node', command: node('onnxruntime.mjs') },
  { name: 'numpy', command: python('numpy_matmul.py'), isSmall: true },
  { name: 'usearch', command: python('usearch_exact.py'), isSlow: true },
  { name: 'usearch for Node', command: node('usearch.mjs'), isSlow: true },
  { name: 'hnswlib', command: python('hnswlib_brute.py'), isSlow: true },
  { name: 'hnswlib-node', command: node('hnswlib-node.mjs'), isSlow: true, isFarBehind: true },
  { name: 'faiss-node', command: node('faiss-node.mjs'), isSlow: true },
  { name: 'tenbin, tfjs', command: node('tenbin-vectors.mjs'), options: { index: { backend: 'tfjs' } }, isSlow: true },
  { name: 'JavaScript', command: node('plain-vectors.mjs'), isSlow: true, isFarBehind: true },
];
