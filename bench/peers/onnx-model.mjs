/*
 * Writes ONNX models (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) as Protocol Buffers:
 * as much of them as a graph of a few nodes needs. A message is an array of fields, [number, value]; a value is an integer,
 * a string, bytes or a message.
 */

const VARINT = 0;
const BYTES = 2;
const IR_VERSION = 8;
const OPSET = 17;
/** TensorProto.DataType */
export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;
/** AttributeProto.AttributeType */
const INT = 2;

/** A model of one graph, as bytes. */
export function encodeModel({ nodes, initializers, inputs, outputs }) {
  const graph = [
    ...nodes.map((node) => [1, node]),
    [2, 'graph'],
    ...initializers.map((tensor) => [5, tensor]),
    ...inputs.map((value) => [11, value]),
    ...outputs.map((value) => [12, value]),
  ];
  return Buffer.concat(
    encode([
      [1, IR_VERSION],
      [7, graph],
      [8, [[2, OPSET]]],
    ]),
  );
}

/** @param attributes integers by name */
export function node(operator, inputs, outputs, attributes = {}) {
  return [
    ...inputs.map((name) => [1, name]),
    ...outputs.map((name) => [2, name]),
    [4, operator],
    ...Object.entries(attributes).map(([name, value]) => [
      5,
      [
        [1, name],
        [3, value],
        [20, INT],
      ],
    ]),
  ];
}

/** @param data typed array whose elements are of `type` */
export function tensor(name, type, dimensions, { buffer, byteOffset, byteLength }) {
  return [
    ...dimensions.map((size) => [1, size]),
    [2, type],
    [8, name],
    [9, new Uint8Array(buffer, byteOffset, byteLength)],
  ];
}

/** @param dimensions sizes, or names of those that a call brings */
export function value(name, type, dimensions) {
  const shape = dimensions.map((size) => [1, [typeof size === 'string' ? [2, size] : [1, size]]]);
  return [
    [1, name],
    [
      2,
      [
        [
          1,
          [
            [1, type],
            [2, shape],
          ],
        ],
      ],
    ],
  ];
}

/** The chunks of a message. */
function encode(message) {
  return message.flatMap(([number, value]) => {
    if (typeof value === 'number') return [varint((number << 3) | VARINT), varint(value)];
    const chunks = typeof value === 'string' ? [Buffer.from(value)] : Array.isArray(value) ? encode(value) : [value];
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return [varint((number << 3) | BYTES), varint(length), ...chunks];
  });
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
