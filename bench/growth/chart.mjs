const WIDTH = 640;
const HEIGHT = 420;
const MARGIN = { left: 80, right: 20, top: 40, bottom: 50 };
/** Told apart by those who do not see all colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

/**
 * An SVG of curves on two logarithmic axes; a power of x is a straight line, whose exponent stands in the legend.
 * `series`: [{ name, points: [[x, y], ...], exponent }], all x and y greater than 0.
 */
export function logLogChart({ title, xLabel, yLabel, series }) {
  const points = series.flatMap((one) => one.points);
  const x = axis(
    points.map(([value]) => value),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = axis(
    points.map(([, value]) => value),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}"`,
    `  font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(WIDTH / 2, 22, title, 'font-size="15" text-anchor="middle"'),
    ...x.decades.map((value) => line(x.at(value), MARGIN.top, x.at(value), HEIGHT - MARGIN.bottom)),
    ...x.decades.map((value) => text(x.at(value), HEIGHT - MARGIN.bottom + 18, number(value), 'text-anchor="middle"')),
    ...y.decades.map((value) => line(MARGIN.left, y.at(value), WIDTH - MARGIN.right, y.at(value))),
    ...y.decades.map((value) => text(MARGIN.left - 8, y.at(value) + 4, number(value), 'text-anchor="end"')),
    text(WIDTH / 2, HEIGHT - 12, xLabel, 'text-anchor="middle"'),
    text(18, HEIGHT / 2, yLabel, `text-anchor="middle" transform="rotate(-90 18 ${HEIGHT / 2})"`),
    ...series.flatMap((one, i) => curve(one, COLOURS[i % COLOURS.length], i, x, y)),
    '</svg>',
    '',
  ].join('\n');
}

function curve({ name, points, exponent }, colour, row, x, y) {
  const places = points.map(([a, b]) => [x.at(a), y.at(b)].map((at) => at.toFixed(1)));
  const legend = MARGIN.top + 18 + 18 * row;
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((at) => at.join(',')).join(' ')}"/>`,
    ...places.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3" fill="${colour}"/>`),
    text(MARGIN.left + 12, legend, `${name}: exponent ${exponent.toFixed(2)}`, `fill="${colour}"`),
  ];
}

/** From the power of ten below the least value to the one above the greatest. */
function axis(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { decades, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

const number = (value) => (value >= 1 ? value.toLocaleString('en') : String(value));
const line = (x1, y1, x2, y2) =>
  `<path d="M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}" stroke="#ddd"/>`;

function text(x, y, content, attributes) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped}</text>`;
}
