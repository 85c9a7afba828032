from django.db import models


class Thought(models.Model):
    text = models.CharField(max_length=2000)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    picture = models.FileField(upload_to="pictures/", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idx_thought_created_at")]

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.pk,
            "text": self.text,
            "parent": self.parent_id,
            "picture": self.picture.url if self.picture else None,
            "created_at": self.created_at.isoformat(),
        }
