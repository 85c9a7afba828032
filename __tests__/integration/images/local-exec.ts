export { localExec } from '../../../lab/exec'
