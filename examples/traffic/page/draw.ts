/**
 * page/draw: paints land, graticule and vehicles on the canvas.
 *
 * Knows nothing of events and of the network. Thousands of vehicles are painted as squares, fewer
 * as discs with trails, so that a frame stays within its sixtieth of a second.
 */
import type { Fleet, Vehicle } from './fleet.js'
import { metresAt, xOf, yOf } from './projection.js'
import type { View } from './view.js'

/** Silent for longer than this, in milliseconds: drawn pale. */
const STALE_MS = 30_000
/** Vehicles on the screen up to which each has its trail, and up to which it is a disc. */
const TRAILS_MAX = 1_500
const DISCS_MAX = 4_000
const PULSE_MS = 1_400

export interface Colours {
  readonly land: string
  readonly line: string
  readonly label: string
  readonly fresh: string
  readonly stale: string
  readonly alarm: string
  readonly ring: string
}

export const LIGHT: Colours = {
  land: '#fbfaf6',
  line: 'rgb(22 36 43 / 9%)',
  label: 'rgb(22 36 43 / 42%)',
  fresh: '#0f766e',
  stale: '#93a4ac',
  alarm: '#d4351c',
  ring: '#16242b',
}

export const DARK: Colours = {
  land: '#16232b',
  line: 'rgb(228 237 241 / 8%)',
  label: 'rgb(228 237 241 / 38%)',
  fresh: '#5eead4',
  stale: '#56707c',
  alarm: '#ff6b4f',
  ring: '#e4edf1',
}

/** What is painted beside the fleet. */
export interface Scene {
  readonly view: View
  readonly fleet: Fleet
  readonly colours: Colours
  readonly isCalm: boolean
  /** Rings of the land, each pairs of x and y on the plane. */
  readonly land: readonly Float64Array[]
  /** Places that were found near a click, and the click itself. */
  readonly marks: readonly { readonly x: number; readonly y: number }[]
  readonly asked: { readonly x: number; readonly y: number } | undefined
}

export function draw(canvas: CanvasRenderingContext2D, scene: Scene, nowMs: number): void {
  const { width, height } = scene.view
  canvas.clearRect(0, 0, width, height)
  drawLand(canvas, scene)
  drawGraticule(canvas, scene)
  drawVehicles(canvas, scene, nowMs)
  drawMarks(canvas, scene)
}

function drawLand(canvas: CanvasRenderingContext2D, { view, land, colours }: Scene): void {
  canvas.fillStyle = colours.land
  // Of each copy of the world that reaches into the screen; a ring may reach into the next one.
  const left = Math.floor(view.x - view.width / 2 / view.scale) - 1
  const right = Math.floor(view.x + view.width / 2 / view.scale) + 1
  for (let copy = left; copy <= right; copy += 1) {
    canvas.beginPath()
    for (const ring of land) {
      for (let at = 0; at < ring.length; at += 2) {
        const x = ((ring[at] ?? 0) + copy - view.x) * view.scale + view.width / 2
        const y = view.screenY(ring[at + 1] ?? 0)
        if (at === 0) canvas.moveTo(x, y)
        else canvas.lineTo(x, y)
      }
      canvas.closePath()
    }
    canvas.fill('evenodd')
  }
}

const LINE_STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]
/** Least distance of two lines, in pixels. */
const LINE_GAP = 110

function drawGraticule(canvas: CanvasRenderingContext2D, { view, colours }: Scene): void {
  const perDegree = view.scale / 360
  const step = LINE_STEPS.findLast((degrees) => degrees * perDegree >= LINE_GAP) ?? 30
  canvas.strokeStyle = colours.line
  canvas.fillStyle = colours.label
  canvas.lineWidth = 1
  canvas.font = '10px system-ui, sans-serif'
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  canvas.beginPath()
  const west = Math.floor(((view.x - view.width / 2 / view.scale) * 360 - 180) / step)
  const lines = Math.ceil(view.width / (step * perDegree)) + 1
  for (let line = west; line <= west + lines; line += 1) {
    const x = (xOf(line * step) - view.x) * view.scale + view.width / 2
    canvas.moveTo(x, 0)
    canvas.lineTo(x, view.height)
    const longitude = ((((line * step + 180) % 360) + 360) % 360) - 180
    canvas.fillText(degrees(longitude, digits, 'E', 'W'), x + 4, view.height - 52)
  }
  const south = Math.floor(view.latitudeAt(view.height) / step)
  const north = Math.ceil(view.latitudeAt(0) / step)
  for (let line = south; line <= north; line += 1) {
    const y = view.screenY(yOf(line * step))
    canvas.moveTo(0, y)
    canvas.lineTo(view.width, y)
    canvas.fillText(degrees(line * step, digits, 'N', 'S'), view.width - 112, y - 4)
  }
  canvas.stroke()
}

const degrees = (value: number, digits: number, above: string, below: string): string =>
  value === 0 ? '0°' : `${Math.abs(value).toFixed(digits)}° ${value < 0 ? below : above}`

function drawVehicles(canvas: CanvasRenderingContext2D, scene: Scene, nowMs: number): void {
  const { view, fleet, colours, isCalm } = scene
  const seen: [number, number, Vehicle][] = []
  for (const vehicle of fleet.vehicles.values()) {
    const glide = isCalm ? 1 : vehicle.glide(nowMs)
    const x = view.screenX(vehicle.fromX + (vehicle.x - vehicle.fromX) * glide)
    const y = view.screenY(vehicle.fromY + (vehicle.y - vehicle.fromY) * glide)
    if (x < -9 || y < -9 || x > view.width + 9 || y > view.height + 9) continue
    seen.push([x, y, vehicle])
  }
  if (seen.length <= TRAILS_MAX) for (const [x, y, one] of seen) drawTrail(canvas, scene, one, x, y)
  const size = seen.length > DISCS_MAX ? 2.5 : seen.length > 500 ? 3 : 4
  for (const isStale of [true, false]) {
    canvas.fillStyle = isStale ? colours.stale : colours.fresh
    canvas.beginPath()
    for (const [x, y, vehicle] of seen) {
      if (vehicle.isEmergency || nowMs - vehicle.heardMs > STALE_MS !== isStale) continue
      if (seen.length > DISCS_MAX) canvas.rect(x - size / 2, y - size / 2, size, size)
      else {
        canvas.moveTo(x + size, y)
        canvas.arc(x, y, size, 0, 7)
      }
    }
    canvas.fill()
  }
  for (const [x, y, one] of seen) {
    if (one.isEmergency) drawEmergency(canvas, scene, x, y, nowMs)
  }
}

function drawTrail(
  canvas: CanvasRenderingContext2D,
  { view, colours }: Scene,
  { trail, isEmergency }: Vehicle,
  x: number,
  y: number,
): void {
  const places = trail.length / 2
  canvas.strokeStyle = isEmergency ? colours.alarm : colours.fresh
  canvas.lineWidth = 1.5
  let [lastX, lastY] = [x, y]
  for (let back = 1; back <= places; back += 1) {
    const at = trail.length - 2 * back
    const [nextX, nextY] = [view.screenX(trail[at] ?? 0), view.screenY(trail[at + 1] ?? 0)]
    canvas.globalAlpha = 0.5 * (1 - back / (places + 1))
    canvas.beginPath()
    canvas.moveTo(lastX, lastY)
    canvas.lineTo(nextX, nextY)
    canvas.stroke()
    ;[lastX, lastY] = [nextX, nextY]
  }
  canvas.globalAlpha = 1
}

function drawEmergency(
  canvas: CanvasRenderingContext2D,
  { colours, isCalm }: Scene,
  x: number,
  y: number,
  nowMs: number,
): void {
  const phase = isCalm ? 0.5 : (nowMs % PULSE_MS) / PULSE_MS
  canvas.strokeStyle = colours.alarm
  canvas.lineWidth = 2
  canvas.globalAlpha = 1 - phase
  canvas.beginPath()
  canvas.arc(x, y, 5 + 13 * phase, 0, 7)
  canvas.stroke()
  canvas.globalAlpha = 1
  canvas.fillStyle = colours.alarm
  canvas.beginPath()
  canvas.arc(x, y, 5, 0, 7)
  canvas.fill()
}

function drawMarks(canvas: CanvasRenderingContext2D, { view, marks, asked, colours }: Scene): void {
  if (asked === undefined) return
  canvas.strokeStyle = colours.ring
  canvas.fillStyle = colours.ring
  canvas.lineWidth = 1
  const [x, y] = [view.screenX(asked.x), view.screenY(asked.y)]
  for (const [at, mark] of marks.entries()) {
    const [markX, markY] = [view.screenX(mark.x), view.screenY(mark.y)]
    canvas.globalAlpha = 0.35
    canvas.beginPath()
    canvas.moveTo(x, y)
    canvas.lineTo(markX, markY)
    canvas.stroke()
    canvas.globalAlpha = 1
    canvas.beginPath()
    canvas.arc(markX, markY, 8, 0, 7)
    canvas.stroke()
    canvas.font = '600 11px system-ui, sans-serif'
    canvas.fillText(String(at + 1), markX + 11, markY + 4)
  }
  canvas.lineWidth = 2
  canvas.beginPath()
  canvas.moveTo(x - 7, y)
  canvas.lineTo(x + 7, y)
  canvas.moveTo(x, y - 7)
  canvas.lineTo(x, y + 7)
  canvas.stroke()
}

const ROUND = [1, 2, 5]

/** A round distance of at most so many pixels: `[metres, pixels]`. */
export function scaleBar(view: View, pixelsMax: number): readonly [number, number] {
  const perPixel = metresAt(view.latitudeAt(view.height / 2)) / view.scale
  const most = perPixel * pixelsMax
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = (ROUND.findLast((digit) => digit * power <= most) ?? 1) * power
  return [metres, metres / perPixel]
}
