-- One partition per month. PostgreSQL wants the partition key in the primary key.
CREATE TABLE generation_history (
    id UUID NOT NULL DEFAULT gen_random_uuid(),
    user_id UUID REFERENCES users (id),
    session_id VARCHAR(255),
    data_type VARCHAR(50) NOT NULL,
    parameters JSONB,
    generated_count INTEGER NOT NULL,
    file_path VARCHAR(500),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL DEFAULT (now() + INTERVAL '24 hours'),
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

-- Takes the rows of this first month, and of any month the worker did not prepare in time.
CREATE TABLE generation_history_default PARTITION OF generation_history DEFAULT;

CREATE INDEX idx_generation_history_user_id ON generation_history (user_id);
CREATE INDEX idx_generation_history_created_at ON generation_history (created_at);
CREATE INDEX idx_generation_history_expires_at ON generation_history (expires_at);
