'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'

const TYPES = {
  name: '名前',
  email: 'メールアドレス',
  phone: '電話番号',
  address: '住所',
  company: '会社名',
  date: '日付',
  number: '数値',
}
const PAGE_VERSION = process.env.NEXT_PUBLIC_APP_VERSION

export function GenerateForm() {
  const router = useRouter()
  const [rows, setRows] = useState<string[]>([])
  const [problem, setProblem] = useState('')
  const [newVersion, setNewVersion] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setProblem('')
    try {
      const response = await fetch('/api/generate', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          type: form.get('type'),
          count: Number(form.get('count')),
          seed: form.get('seed'),
        }),
      })
      const answer = (await response.json()) as { rows?: string[]; error?: string }
      if (!response.ok) throw new Error(answer.error ?? `${response.status}`)
      setRows(answer.rows ?? [])
      const serverVersion = response.headers.get('X-TD-Version')
      setNewVersion(serverVersion !== null && serverVersion !== PAGE_VERSION ? serverVersion : '')
      router.refresh()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <section data-page-version={PAGE_VERSION}>
      <h2>テストデータを作る</h2>
      <form onSubmit={submit}>
        <label>
          種類
          <select name="type">
            {Object.entries(TYPES).map(([type, label]) => (
              <option key={type} value={type}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          件数
          <input name="count" type="number" min={1} max={1000} defaultValue={10} required />
        </label>
        <label>
          シード
          <input name="seed" maxLength={64} placeholder="任意" />
        </label>
        <button type="submit">生成</button>
      </form>
      {problem !== '' && <p role="alert">{problem}</p>}
      {newVersion !== '' && (
        <p role="status">新しいバージョン {newVersion} があります。ページを再読み込みしてください。</p>
      )}
      {rows.length > 0 && <pre id="rows">{rows.join('\n')}</pre>}
    </section>
  )
}
