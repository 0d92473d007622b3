/**
 * page/kit/icon: the signs of the page: strokes of one width in a square of 16.
 */
import type { VNode } from 'preact'

const PATHS = {
  cluster: [
    'M8 4.5v3M5.2 11 7 9M10.8 11 9 9M8 4.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z',
    'M4 14.2a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z',
    'M12 14.2a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z',
  ].join(''),
  node: 'M2.5 3.5h11v4h-11zM2.5 8.5h11v4h-11zM5 5.5h.01M5 10.5h.01',
  applications: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  processes: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  events: 'M3 13V9.5a5 5 0 0 1 10 0V13M2 13h12M8 4.5V2.5',
  network: 'M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8l-2.5 2.5L7 13',
  services: 'M8 2v3M8 11v3M2 8h3M11 8h3M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  leader: 'M2.5 12.5h11M3 10.5 2.5 5l3 2.5L8 3l2.5 4.5 3-2.5-.5 5.5z',
  'dead-letters': 'M2.5 4h11v8.5h-11zM2.5 4.5 8 9l5.5-4.5',
  logs: 'M3 3h10M3 6h7M3 9h10M3 12h5',
  tracing: 'M2.5 3.5h6M5 7h6M7.5 10.5h6M2.5 13.5h3',
  profiler: 'M2.5 13.5h11M3.5 11V9M6.5 11V5.5M9.5 11V3M12.5 11V7.5',
  metrics: 'M2.5 2.5v11h11M5 10.5l2.5-4 2.5 2.5 3.5-5',
  audit: 'M8 14c3.5-1.5 5-4 5-7.5V3.5L8 2 3 3.5v3C3 10 4.5 12.5 8 14ZM6 8l1.5 1.500L10.5 6.5',
  json: [
    'M6 2.5c-1.5 0-2 .7-2 2V6c0 1-.5 2-1.5 2C3.500 8 4 9 4 10v1.5c0 1.3.5 2 2 2',
    'M10 2.5c1.5 0 2 .7 2 2V6c0 1 .5 2 1.5 2-1 0-1.500 1-1.500 2v1.500c0 1.300-.5 2-2 2',
  ].join(''),
  search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5 14 14',
  menu: 'M2.5 4.500h11M2.5 8h11M2.5 11.500h11',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: [
    'M8 10.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 1.500V3M8 13v1.500M1.5 8H3',
    'M13 8h1.500M3.4 3.400l1 1M11.6 11.600l1 1M3.4 12.600l1-1M11.6 4.400l1-1',
  ].join(''),
  moon: 'M13 9.500A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.500Z',
  system: 'M2.5 3h11v8h-11zM6 13.500h4',
  pause: 'M5.5 3.500v9M10.5 3.500v9',
  warning: 'M8 2.5 14 13H2zM8 6.500v3M8 11.200v.01',
  chevron: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  lock: 'M4 7.500h8v6H4zM5.5 7.500V5.500a2.5 2.5 0 0 1 5 0v2',
} as const

/** Which signs there are. */
export type IconName = keyof typeof PATHS

/** A sign beside words that say the same; it is nothing to a reader of screens. */
export function Icon({
  name,
  size = 16,
}: {
  readonly name: IconName
  readonly size?: number
}): VNode {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
