"""Operations and deployment configuration."""
