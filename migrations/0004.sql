-- With whom an effect keeps its pace; null: with its lane alone. Then `pace.lane` is that name.
ALTER TABLE outbox ADD COLUMN paced_with TEXT;
