import { fetchHistory } from './backend'
import { GenerateForm } from './generate-form'
import { HistoryTable } from './history-table'

// Version and history belong to the moment of the request, not to the build.
export const dynamic = 'force-dynamic'

export default async function Page() {
  const history = await fetchHistory()
  const version = process.env.KAWASEMI_VERSION || process.env.APP_VERSION || 'dev'
  return (
    <main>
      <header>
        <h1>TestData Buddy</h1>
        <p>
          バージョン <span id="version">{version}</span>
        </p>
      </header>
      <GenerateForm />
      <section>
        <h2>最近の生成</h2>
        {history === null ? <p>履歴は今読み込めません。</p> : <HistoryTable history={history} />}
      </section>
    </main>
  )
}
