/**
 * What stands on the page of metrics, and on those of one metric of each kind, for the known node.
 */
import { KNOWN_NODE } from '#test/page/known-node'
import type { FigureTexts } from './figure-pages.js'

const HERE = `/nodes/${encodeURIComponent(KNOWN_NODE)}/metrics`

export const METRIC_TEXTS: readonly FigureTexts[] = [
  {
    title: 'metrics',
    path: HERE,
    texts: [
      '# shop',
      'of the program, 471',
      'shop_order_seconds: 416 ms mean histogram, p99 414 ms · 415/s · 2 series',
      'shop_orders_total: 442 counter, 448/s · 441 series',
      'shop_stock_bytes: 452 KiB highest gauge, 451 series · at=x',
      '# troupe program',
      'of Troupe, 472',
      'troupe_cpu_user_seconds_total: 461 ms counter, 462 ms/s',
    ],
  },
  {
    title: 'a histogram',
    path: `${HERE}/shop_order_seconds`,
    texts: [
      'histogram',
      'shop, of the program',
      '2 series',
      'Observed: 410',
      'Per second: 415/s',
      'Sum: 2 m 49 s',
      'Mean: 411 ms',
      'p50: 412 ms',
      'p90: 413 ms',
      'p99: 414 ms',
      '# How it went',
      '# Series',
      'the highest first',
      'Series | Observed | Per second | Mean | p50 | p99 | How it went',
      'kind=express | 421 | 426/s | 422 ms | 423 ms | 425 ms | ',
      'kind=usual | 431 | 436/s | 432 ms | 433 ms | 435 ms | ',
      '# How it is spread',
      'all series together, since the start',
      '≤ 401 ms: 402',
      '≤ 403 ms: 404',
      '> 403 ms: 405',
    ],
  },
  {
    title: 'a counter',
    path: `${HERE}/shop_orders_total`,
    texts: [
      'counter',
      'shop, of the program',
      '441 series',
      'Sum: 442',
      'Per second: 448/s',
      'Lowest seen: 443/s',
      'Mean seen: 446/s',
      'Highest seen: 448/s',
      '# How it went',
      '# Series',
      'the highest first; 440 more',
      'Series | Sum | Per second | How it went',
      'item=tea, to=a | 444 | 445/s | ',
    ],
  },
  {
    title: 'a gauge',
    path: `${HERE}/shop_stock_bytes`,
    texts: [
      'gauge',
      'shop, of the program',
      '451 series',
      'the highest: x',
      'Last value: 452 KiB',
      'Lowest seen: 453 KiB',
      'Mean seen: 454 KiB',
      'Highest seen: 455 KiB',
      '# How it went',
      '# Series',
      'the highest first; 449 more',
      'Series | Value | How it went',
      'at=x | 452 KiB | ',
      'at=y | NaN | ',
    ],
  },
]
