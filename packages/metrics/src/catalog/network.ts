/**
 * catalog/network: the connections of a node, as a whole and one by one.
 *
 * @source ergo-features 25 (network, per peer)
 */
import type {
  ConnectionSheet,
  FiguresSheet,
  NetworkSheet,
  PeerInfo,
  TransportAddress,
} from 'troupe'
import { byKey, type Metric, metricsOf, type Reading, type Readings, seconds } from './metric.js'

const ofFigures = metricsOf<FiguresSheet['network']>(({ figures }) => figures?.network)
const ofNetwork = metricsOf<NetworkSheet>(({ network }) => network)
const ofConnections = metricsOf<readonly ConnectionSheet[]>(({ connections }) => connections)

const ACCEPTORS_MAX = 100

const placeOf = ({ transport, host, port, path }: TransportAddress): string =>
  path === '' ? `${transport} ${host}:${port}` : `${transport} ${path}`

/** One line for each peer. */
const peers =
  (read: (peer: PeerInfo) => number) =>
  ({ peers: { rows } }: NetworkSheet): readonly Reading[] =>
    rows.map((peer) => ({ labels: { remote_node: peer.node }, value: read(peer) }))

/** One line for each connection. */
const each =
  (read: (connection: ConnectionSheet) => number) =>
  (connections: readonly ConnectionSheet[]): Readings =>
    connections.map((connection) => ({
      labels: { remote_node: connection.info.node },
      value: read(connection),
    }))

export const NETWORK_METRICS: readonly Metric[] = Object.freeze([
  ofFigures.gauge(
    'connected_nodes',
    'Nodes that are connected.',
    ({ connected }) => connected,
    'connected_nodes_total',
  ),
  ofFigures.counter(
    'connections_established_total',
    'Connections that came up.',
    ({ established }) => established,
    'connections_established_total',
  ),
  ofFigures.counter(
    'connections_lost_total',
    'Connections that were lost.',
    ({ lost }) => lost,
    'connections_lost_total',
  ),
  ofFigures.gauge(
    'connections_kept_bytes',
    'Bytes kept until they are acknowledged, of all connections.',
    ({ keptBytes }) => keptBytes,
  ),
  ofNetwork.counter(
    'handshakes_refused_total',
    'Handshakes that were refused, by code.',
    ({ refused }) => byKey('code', refused),
  ),
  ofNetwork.counter(
    'acceptor_handshake_errors_total',
    'Lines whose handshake came to nothing.',
    ({ acceptors }) =>
      acceptors.slice(0, ACCEPTORS_MAX).map(({ address, handshakeErrors }) => ({
        labels: { acceptor: placeOf(address) },
        value: handshakeErrors,
      })),
    'acceptor_handshake_errors_total',
  ),
  ofNetwork.gauge('peers', 'Nodes that are known, connected or not.', ({ total }) => total),
])

export const PEER_METRICS: readonly Metric[] = Object.freeze([
  ofNetwork.gauge(
    'remote_node_uptime_seconds',
    'Time since the connection came up.',
    peers(({ uptimeMs }) => seconds(uptimeMs)),
    'remote_node_uptime_seconds',
  ),
  ofNetwork.gauge(
    'remote_connected',
    'Whether the connection is up, be it silent for now; 0 or 1.',
    // One that is suspect still has its line, and is counted in `connected_nodes`.
    peers(({ state }) => (state === 'up' || state === 'suspect' ? 1 : 0)),
  ),
  ofNetwork.gauge(
    'remote_round_trip_seconds',
    'Round trip of the last sign of life; left out before the first.',
    ({ peers: { rows } }) =>
      rows
        .filter(({ roundTripMs }) => roundTripMs >= 0)
        .map(({ node, roundTripMs }) => ({
          labels: { remote_node: node },
          value: seconds(roundTripMs),
        })),
  ),
  ofNetwork.counter(
    'remote_messages_in_total',
    'Messages from it.',
    peers(({ messagesIn }) => messagesIn),
    'remote_messages_in_total',
  ),
  ofNetwork.counter(
    'remote_messages_out_total',
    'Messages to it.',
    peers(({ messagesOut }) => messagesOut),
    'remote_messages_out_total',
  ),
  ofNetwork.counter(
    'remote_bytes_in_total',
    'Bytes from it.',
    peers(({ bytesIn }) => bytesIn),
    'remote_bytes_in_total',
  ),
  ofConnections.counter(
    'remote_bytes_out_total',
    'Bytes to it.',
    each(({ bytesOut }) => bytesOut),
    'remote_bytes_out_total',
  ),
  ofNetwork.counter(
    'remote_resent_bytes_total',
    'Bytes that were sent again after a line was mended.',
    peers(({ resentBytes }) => resentBytes),
  ),
  ofNetwork.counter(
    'remote_lines_total',
    'Lines it has had; above 1, some were mended.',
    peers(({ lines }) => lines),
  ),
  ofNetwork.gauge(
    'remote_kept_bytes',
    'Bytes kept until it acknowledges them.',
    peers(({ keptBytes }) => keptBytes),
  ),
  ofNetwork.gauge(
    'remote_waiting_bytes',
    'Bytes that wait to leave.',
    peers(({ waitingBytes }) => waitingBytes),
  ),
  ofConnections.gauge(
    'remote_send_buffer_bytes',
    'Bytes of the send buffer that are used.',
    each(({ sendBuffer }) => sendBuffer.used),
  ),
  ofConnections.gauge(
    'remote_send_buffer_limit_bytes',
    'Bytes that the send buffer may hold.',
    each(({ sendBuffer }) => sendBuffer.limit),
  ),
  ofNetwork.gauge(
    'remote_calls_open',
    'Our calls that it has not answered.',
    peers(({ calls }) => calls),
  ),
  ofNetwork.counter(
    'remote_mailboxes_held_total',
    'Times that a mailbox here was held against it for want of credit.',
    peers(({ held }) => held),
  ),
  ofConnections.gauge(
    'remote_mailboxes_held',
    'Mailboxes here that are held against it, of the 50 that are held longest.',
    each(({ heldMailboxes }) => heldMailboxes.filter((one) => one.direction === 'ours').length),
  ),
  ofNetwork.gauge(
    'remote_mailboxes_held_by_peer',
    'Mailboxes there that are held against us for want of credit.',
    peers(({ heldByPeer }) => heldByPeer),
  ),
  ofConnections.gauge(
    'remote_mailbox_held_max_seconds',
    'For how long a mailbox has been held for want of credit: longest.',
    each(({ heldMailboxes }) => seconds(Math.max(0, ...heldMailboxes.map((one) => one.heldMs)))),
  ),
])

export const CONNECTION_METRICS: readonly Metric[] = Object.freeze([
  ofConnections.counter(
    'remote_fragments_sent_total',
    'Pieces of large messages to it.',
    each(({ fragments }) => fragments.sent),
    'remote_fragments_sent_total',
  ),
  ofConnections.counter(
    'remote_fragments_received_total',
    'Pieces of large messages from it.',
    each(({ fragments }) => fragments.received),
    'remote_fragments_received_total',
  ),
  ofConnections.counter(
    'remote_fragment_messages_sent_total',
    'Messages that went in pieces.',
    each(({ fragments }) => fragments.messagesSent),
    'remote_fragment_messages_sent_total',
  ),
  ofConnections.counter(
    'remote_fragment_messages_received_total',
    'Messages that came in pieces.',
    each(({ fragments }) => fragments.messagesReceived),
    'remote_fragment_messages_received_total',
  ),
  ofConnections.counter(
    'remote_fragment_timeouts_total',
    'Messages in pieces that were given up.',
    each(({ fragments }) => fragments.gaveUp),
    'remote_fragment_timeouts_total',
  ),
  ofConnections.counter(
    'remote_compressed_sent_total',
    'Messages that went compressed.',
    each(({ compression }) => compression.sent),
    'remote_compressed_sent_total',
  ),
  ofConnections.counter(
    'remote_compressed_sent_bytes_total',
    'Their bytes on the line.',
    each(({ compression }) => compression.sentBytes),
    'remote_compressed_bytes_sent_total',
  ),
  ofConnections.counter(
    'remote_compressed_sent_original_bytes_total',
    'Their bytes before.',
    each(({ compression }) => compression.sentOriginalBytes),
    'remote_compressed_orig_bytes_sent_total',
  ),
  ofConnections.counter(
    'remote_decompressed_received_total',
    'Messages that came compressed.',
    each(({ compression }) => compression.received),
    'remote_decompressed_recv_total',
  ),
  ofConnections.counter(
    'remote_decompressed_received_bytes_total',
    'Their bytes on the line.',
    each(({ compression }) => compression.receivedBytes),
    'remote_decompressed_bytes_recv_total',
  ),
  ofConnections.counter(
    'remote_decompressed_received_original_bytes_total',
    'Their bytes afterwards.',
    each(({ compression }) => compression.receivedOriginalBytes),
    'remote_decompressed_orig_recv_total',
  ),
])
