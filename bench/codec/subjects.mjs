/**
 * bench/codec/subjects: what is encoded: many values of one kind, so that none is learnt by heart.
 */

const NOTES = [
  'ambulance en route to the north gate, ETA 4 min',
  'tank back at the depot, driver on a break until 14:30',
  'delayed by road works near the old harbour bridge',
]

/** The 200-byte vehicle. */
const vehicle = (i) => ({
  id: 123_456 + (i & 1023),
  lon: 2.29448123 + i * 1e-6,
  lat: 48.85837009,
  emergency: (i & 1) === 0,
  ts: 1_700_000_000_123 + i,
  note: NOTES[i % 3],
})

const order = (i) => ({
  id: `order-${i}`,
  customer: { name: 'Jürgen Groß', email: `customer${i}@example.org`, since: 2019 },
  lines: Array.from({ length: 4 }, (_, n) => ({
    sku: `A-${n * 17}`,
    count: n + 1,
    price: n * 9.99,
  })),
  paid: i % 3 === 0,
  note: null,
})

const many = (count, make) => Array.from({ length: count }, (_, i) => make(i))

/** `values` are encoded and decoded by turns; `size` is how often in a round of about 0.1 s. */
export const SUBJECTS = {
  small: {
    title: '{ by: 5 }',
    budget: 1.3,
    make: () => many(1_024, (i) => ({ by: i & 127 })),
    rounds: 500,
  },
  medium: {
    title: 'a vehicle of 200 bytes',
    budget: 1.3,
    make: () => many(1_024, vehicle),
    rounds: 150,
  },
  nested: { title: 'an order with four lines', make: () => many(512, order), rounds: 60 },
  integers: {
    title: 'an array of 10,000 integers',
    make: () => many(4, (k) => many(10_000, (i) => (i * 7919 + k) % 100_000)),
    rounds: 100,
  },
  doubles: {
    title: 'an array of 10,000 doubles',
    make: () => many(4, (k) => many(10_000, (i) => i / 7 + k)),
    rounds: 100,
  },
  objects: {
    title: 'an array of 1,000 vehicles',
    make: () => many(4, () => many(1_000, vehicle)),
    rounds: 60,
  },
  text: {
    title: 'a text of 2,000 characters',
    make: () => many(256, (i) => `${i} ${NOTES.join(' ').repeat(14)}`.slice(0, 2_000)),
    rounds: 100,
  },
  binary: {
    title: 'a Uint8Array of 4 KB',
    make: () => many(256, (i) => new Uint8Array(4_096).fill(i)),
    rounds: 100,
  },
}
