require('./index.js').main('ssh-deploy')
