import type { HistoryEntry } from './backend'

const TIME = new Intl.DateTimeFormat('ja-JP', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Asia/Tokyo',
})

export function HistoryTable({ history }: { history: HistoryEntry[] }) {
  if (history.length === 0) return <p>まだありません。</p>
  return (
    <table id="history">
      <thead>
        <tr>
          <th>日時</th>
          <th>種類</th>
          <th>件数</th>
        </tr>
      </thead>
      <tbody>
        {history.map((entry) => (
          <tr key={entry.id}>
            <td>{TIME.format(new Date(entry.createdAt))}</td>
            <td>{entry.dataType}</td>
            <td>{entry.generatedCount}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
