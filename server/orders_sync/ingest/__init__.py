"""What comes in: webhook topics, GraphQL reads and the ERP's messages become changes; changes become one transaction."""
